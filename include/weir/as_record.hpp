#pragma once

namespace weir {

/// Makes a type of your own that is no plain struct usable in records and as a key, by a type that is.
/// Specialise it:
///
///   template <>
///   struct weir::as_record<money> {
///     using type = std::int64_t; // anything that can be a record, without weir::text
///     static type to(const money& value) { return value.cents(); }
///     static money from(type cents) { return money::of_cents(cents); }
///   };
///
/// `from` may throw for what `to` never gives: bytes from a network are a decode error then. Equal values
/// must give equal results of `to`. The type needs a default constructor.
template <class T>
struct as_record;

} // namespace weir
