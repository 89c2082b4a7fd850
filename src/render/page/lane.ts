/** What a mark shows; the style sheet has a colour and the label a word for each. */
export type Tone =
  | "unready"
  | "early"
  | "ready"
  | "unknown"
  | "wait"
  | "first"
  | "unit"
  | "held"
  | "use"
  | "reseed"
  | "chain"
  | "finish"
  | "covered"
  | "silence"
  | "gap";

/** A stretch of time in the picture, or a moment where `to` is null. */
export interface Mark {
  readonly tone: Tone;
  readonly from: number;
  readonly to: number | null;
  readonly title: string;
}

/** One row of the picture: a line of text with marks below it. Texts are escaped as for a terminal, not as markup. */
export interface Lane {
  readonly label: string;
  readonly title: string;
  readonly marks: readonly Mark[];
  /** The unit of the row, as systemd names it. */
  readonly unit?: string | null;
  /** This row's unit started at this moment because the unit of another row, above it, had been blocked until then. */
  readonly behind?: { readonly unit: string; readonly at: number };
  /** Bits of entropy over time, of `most`. */
  readonly curve?: {
    readonly points: readonly { readonly at: number; readonly bits: number }[];
    readonly most: number;
  };
}
