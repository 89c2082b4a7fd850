/** A kernel command line that cannot be read or changed safely: one line that names what is wrong, and the way out. */
export class Unchangeable extends Error {
  override readonly name = "Unchangeable";
}
