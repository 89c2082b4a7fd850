import "./platform/forget-preload.ts";
import { run } from "./cli/run.ts";
import { rootsBelow } from "./platform/roots.ts";

void run(process.argv.slice(2), rootsBelow("/")).then((code) => {
  process.exitCode = code;
});
