// refused: include <capnp/message.h> and <capnp/serialize.h> before <weir/capnp.hpp>
#include <weir/capnp.hpp>
