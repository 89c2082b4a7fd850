import { recordShape } from "./record-shape.ts";
import { digestOf } from "./shape.ts";

/** Which shape a saved record has: it changes with every field. */
export const recordDigest = digestOf(recordShape);
