#pragma once

#include <weir/detail/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::detail {

/// What the engine does with records whose C++ type only the job library knows. One object per type, of
/// static lifetime; made by record_type_of<T>() in codec.hpp.
///
/// Encoded form of a batch: the formats of codec.hpp, one record after another or as one memory block for
/// types that may be copied bytewise. Both ends are built from the same job library (the graph's fingerprint
/// covers `layout`), but the bytes come from a network: decode checks every length against what is there.
struct record_type {
  /// Readable form: "struct{string,i64}".
  std::string name;
  /// Hash over everything that decides the encoded form.
  std::uint64_t layout;
  /// Bytes of one record in memory.
  std::size_t record_size;
  /// The most records a batch of this type holds.
  std::uint32_t capacity;

  batch_ptr (*make_batch)(const record_type&);

  /// Appends the encoded form of all records, with the columns that are filled.
  void (*encode)(const batch_base& from, std::vector<char>& to);

  /// Fills the empty batch `into` from the front of `bytes` and drops what was read from it. Returns a
  /// sentence when the bytes cannot be an encoded batch, else an empty string. `into` must be cleared after a
  /// failure.
  std::string (*decode)(std::string_view& bytes, batch_base& into);

  /// Appends record `index` of `from`, columns included. Requires room.
  void (*append)(batch_base& to, const batch_base& from, std::uint32_t index);

  /// Appends the text form of a record, as the text sinks write it: fields separated by tabs.
  void (*format)(const batch_base& from, std::uint32_t index, std::string& to);
};

/// True when records of one may take the memory of the other. The engine and a job library each have a
/// record_type of their own for a type that both know.
inline bool same_records(const record_type& a, const record_type& b) {
  return &a == &b || a.layout == b.layout;
}

/// Makes `to` hold the records of `from`, in the memory it has if it has any. Requires that `to` is empty or
/// of the same type.
inline void copy_batch(batch_ptr& to, const batch_base& from) {
  if (to)
    to->clear();
  else
    to = from.type->make_batch(*from.type);
  for (std::uint32_t i = 0; i < from.size; ++i)
    from.type->append(*to, from, i);
}

} // namespace weir::detail
