/**
 * Node's own modules, taken by getBuiltinModule(). To `import` one makes Node build an export for every name in it,
 * streams and fs.promises included: about 5 ms at each start and 3 MB in a daemon, for nothing.
 */
export const fs = process.getBuiltinModule("node:fs");
export const net = process.getBuiltinModule("node:net");
export const { isUtf8 } = process.getBuiltinModule("node:buffer");
export const { createRequire } = process.getBuiltinModule("node:module");
export const { constants: osConstants } = process.getBuiltinModule("node:os");
// oxlint-disable-next-line typescript/unbound-method -- they are plain functions, on an object for grouping
export const { dirname, join, resolve } = process.getBuiltinModule("node:path");
