/** Node's sockets, taken as in platform/builtins.ts. Node loads 28 modules for them, 2.5 ms of a start. */
export const net = process.getBuiltinModule("node:net");
