# A record of the tests of capnp_record.
@0xb1d6ab1d6d0c7f5a;

struct Visit {
  url @0 :Text;
  count @1 :UInt32 = 7;
  tags @2 :List(Text);
  previous @3 :Visit;
}
