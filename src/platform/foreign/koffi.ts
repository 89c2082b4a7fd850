export type Koffi = (typeof import("koffi"))["default"];
export type SharedLibrary = ReturnType<Koffi["load"]>;
export type ForeignFunction = ReturnType<SharedLibrary["func"]>;
