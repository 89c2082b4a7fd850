import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { callVarlink } from "../../../src/exporters/varlink/client.ts";
import { socketPath } from "./bench.ts";

const PROGRAM = `
import { serveVarlink } from "./exporters/varlink/server.js";
import { createService } from "./exporters/varlink/service.js";
const service = createService({ vendor: "Example", product: "Activated", version: "1", url: "" }, []);
const server = await serveVarlink({ listen: { fd: 3 }, service, onProblem: console.error });
process.stdin.on("end", () => server.close()).resume();
console.log("ready");
`;

it("serves a socket that the service manager made, and leaves its path", async () => {
  const path = socketPath();
  const folder = dirname(path);
  compileTo(folder);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "program.js"), PROGRAM);

  const manager = createServer();
  manager.listen(`${path}.first`);
  await once(manager, "listening");
  renameSync(`${path}.first`, path);
  const descriptor: unknown = Reflect.get(Object(Reflect.get(manager, "_handle")), "fd");
  const child = spawn(process.execPath, [join(folder, "program.js")], { stdio: ["pipe", "pipe", "inherit", Number(descriptor)] });
  onTestFinished(() => void child.kill());
  // From now on only the child accepts.
  manager.close();
  assert(child.stdin !== null && child.stdout !== null);
  await once(child.stdout, "data");

  expect(await callVarlink(path, "org.varlink.service.GetInfo")).toMatchObject({ product: "Activated" });
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(existsSync(path)).toBe(true);
});

/** Errors elsewhere in the program are not this test's concern; what it needs is emitted all the same. */
function compileTo(folder: string): void {
  try {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--outDir", folder]);
  } catch {
    expect(existsSync(join(folder, "exporters/varlink/server.js"))).toBe(true);
  }
}
