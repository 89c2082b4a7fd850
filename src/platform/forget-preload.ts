// The first line of JavaScript that runs: the start object (native/nonblocking-start.c) is for this process alone, and
// no child inherits it.
delete process.env["LD_PRELOAD"];
