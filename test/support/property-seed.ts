import * as fc from "fast-check";

/**
 * Properties draw the same inputs in each run, so that a tree that is green stays green. `PROPERTY_SEED=random` looks
 * for inputs that no test names; the seed that a failure prints is given in the same way.
 */
const given = process.env["PROPERTY_SEED"] ?? "20180516";
if (given !== "random") fc.configureGlobal({ seed: Number(given) });
