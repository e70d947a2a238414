// refused: a record struct has at most 24 fields: put some into a struct of their own
#include <weir/detail/codec.hpp>
struct wide {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y;
};
const auto& type = weir::detail::record_type_of<wide>();
