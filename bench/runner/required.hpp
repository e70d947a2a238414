#pragma once

#include "base/result.hpp"

#include <stdexcept>
#include <utility>

namespace bench {

/// The value, or std::runtime_error with the chain of causes.
template <class T>
T required(weir::result<T> result) {
  if (!result)
    throw std::runtime_error{result.failure().message()};
  return *std::move(result);
}

} // namespace bench
