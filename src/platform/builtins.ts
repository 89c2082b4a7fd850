/**
 * Node's own modules, taken by getBuiltinModule(). To `import` one makes Node build an export for every name in it,
 * streams and fs.promises included: about 5 ms at each start and 3 MB in a daemon, for nothing. Here are those that
 * every start needs; node:net is apart, in varlink/, since Node loads further modules for them.
 */
export const fs = process.getBuiltinModule("node:fs");
export const { isUtf8 } = process.getBuiltinModule("node:buffer");
// oxlint-disable-next-line typescript/unbound-method -- they are plain functions, on an object for grouping
export const { dirname, join, resolve } = process.getBuiltinModule("node:path");
