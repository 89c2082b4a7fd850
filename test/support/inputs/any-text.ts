import * as fc from "fast-check";

const character = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0x80, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10_ffff }),
);

/**
 * Any text, of ASCII and of all other characters. `string({ unit: "binary" })` of fast-check is the same, and takes a
 * second of processor time in each file that has one.
 */
export function anyText(length: fc.ArrayConstraints = {}): fc.Arbitrary<string> {
  return fc.array(character, length).map((points) => String.fromCodePoint(...points));
}
