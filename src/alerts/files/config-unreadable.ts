/** A configuration file that cannot be read: one line for a person. */
export class ConfigUnreadable extends Error {
  override readonly name = "ConfigUnreadable";
}

/** Nobody nests a configuration deeper than this. */
export const mostDepth = 100;
