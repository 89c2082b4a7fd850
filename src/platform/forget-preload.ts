const { LD_PRELOAD: preload = "" } = process.env;

// The first line of JavaScript that runs: the start object (native/nonblocking-start.c) is for this process alone, and
// no child inherits it.
delete process.env["LD_PRELOAD"];

const [first = ""] = preload.split(":");

/** The start object, which bin/crngwatch puts in front of what its user preloads; null: started without. */
export const startObject = first.endsWith("/nonblocking-start.so") ? first : null;
