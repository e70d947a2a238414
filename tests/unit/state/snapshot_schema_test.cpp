#include "state/snapshot_schema.hpp"

#include <doctest/doctest.h>

using namespace weir;
using detail::state_kind;
using detail::state_type;

TEST_CASE("a struct may get fields behind those it had, and its last field too") {
  CHECK(can_grow_into("i64", "i64"));
  CHECK(can_grow_into("struct{i64}", "struct{i64,string}"));
  CHECK(can_grow_into("struct{i64,map<string,i64>}", "struct{i64,map<string,i64>,optional<i64>,f64}"));
  CHECK(can_grow_into("struct{i64,struct{string}}", "struct{i64,struct{string,u8}}"));
  CHECK(can_grow_into("struct{i64,struct{string}}", "struct{i64,struct{string,u8},bool}"));
  CHECK(can_grow_into("capnp:00ff", "capnp:00ff"));
}

TEST_CASE("no other change of a type is possible") {
  CHECK_FALSE(can_grow_into("i64", "u64"));
  CHECK_FALSE(can_grow_into("i64", "struct{i64}"));
  CHECK_FALSE(can_grow_into("struct{i64}", "i64"));
  CHECK_FALSE(can_grow_into("struct{i64,string}", "struct{i64}"));
  CHECK_FALSE(can_grow_into("struct{i64}", "struct{string,i64}"));
  CHECK_FALSE(can_grow_into("struct{struct{i64},i64}", "struct{struct{i64,i64},i64}"));
  CHECK_FALSE(can_grow_into("struct{}", "struct{i64}"));
  CHECK_FALSE(can_grow_into("tuple{i64}", "tuple{i64,i64}"));
  CHECK_FALSE(can_grow_into("struct{map<i64,i64>}", "struct{map<i64,u64>,i64}"));
  CHECK_FALSE(can_grow_into("vector<struct{i64}>", "vector<struct{i64,i64}>"));
  CHECK_FALSE(can_grow_into("struct{i64}[2]{}", "struct{i64}[2]{},i64}"));
}

TEST_CASE("a state is refused with both types named") {
  state_type stored{"s", state_kind::map, "string", "i32", "struct{i64}", {}};
  CHECK(why_not_restorable(stored, stored) == "");
  auto refusal = [&](auto change) {
    state_type wanted = stored;
    change(wanted);
    return why_not_restorable(stored, wanted);
  };
  CHECK(refusal([](state_type& to) { to.value = "struct{i64,i64}"; }) == "");
  CHECK(refusal([](state_type& to) { to.value = "i64"; }) ==
        "it has values of type i64, and was stored with values of type struct{i64}");
  CHECK(refusal([](state_type& to) { to.key = "struct{string,i64}"; }) ==
        "it has keys of type struct{string,i64}, and was stored with keys of type string");
  CHECK(refusal([](state_type& to) { to.user_key = "i64"; }) ==
        "it has user keys of type i64, and was stored with user keys of type i32");
  CHECK(refusal([](state_type& to) { to.kind = state_kind::list; }) ==
        "it is list state, and was stored as map state");
  CHECK(refusal([](state_type& to) { to.expires.after_ms = 5; }) ==
        "its entries expire, and were stored as ones that do not");
  stored.expires.after_ms = 7;
  CHECK(refusal([](state_type& to) { to.expires = {}; }) ==
        "its entries do not expire, and were stored as ones that do");
  CHECK(refusal([](state_type& to) { to.expires = {9, detail::expiry::refresh::on_read_and_write}; }) == "");
}
