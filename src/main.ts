// Before anything else: the start object (native/nonblocking-start.c) is for this process alone, and no child inherits it.
delete process.env["LD_PRELOAD"];

const { rootsBelow } = await import("./platform/roots.ts");
const { run } = await import("./cli/run.ts");
process.exitCode = await run(process.argv.slice(2), rootsBelow("/"));
