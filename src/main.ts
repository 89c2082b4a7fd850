import "./platform/forget-preload.ts";
import { run } from "./cli/run.ts";
import { verbs } from "./cli/verbs/registry.ts";
import { rootsBelow } from "./platform/roots.ts";

// All output is written by now, so Node need not take itself apart.
void run(process.argv.slice(2), rootsBelow("/"), verbs).then((code) => process.exit(code));
