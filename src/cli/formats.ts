/** The formats of boot records, the usual one first: `output.ts` renders each, and the help names them. */
export const formatNames = ["text", "json", "html", "svg"] as const;
export type FormatName = (typeof formatNames)[number];
