import { join } from "./builtins.ts";

/** Where the machine is found. Passed down from `main.ts`, so that a folder that looks like a host is one. */
export interface Roots {
  readonly top: string;
  readonly proc: string;
  readonly sys: string;
  readonly dev: string;
  readonly etc: string;
  readonly run: string;
  readonly var: string;
  readonly usr: string;
  readonly boot: string;
  /** True for this machine itself; a folder has files but no kernel to ask. */
  readonly live: boolean;
}

/** The roots below `top`; "/" is this machine. */
export function rootsBelow(top: string): Roots {
  const at = (name: string): string => (top === "/" ? `/${name}` : join(top, name));
  return {
    top,
    proc: at("proc"),
    sys: at("sys"),
    dev: at("dev"),
    etc: at("etc"),
    run: at("run"),
    var: at("var"),
    usr: at("usr"),
    boot: at("boot"),
    live: top === "/",
  };
}
