import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verbs } from "../../src/cli/verbs/registry.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "../support/running/completions.ts";
import { project, run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";

const folder = join(project, "packaging/completions");
const shells = [
  ["bash", "crngwatch", bashCompletion],
  ["zsh", "_crngwatch", zshCompletion],
  ["fish", "crngwatch.fish", fishCompletion],
] as const;

describe("the shells' completions", () => {
  it.each(shells)("%s: hold every verb and option of the program", (_, name, made) => {
    const path = join(folder, name);
    if (process.env["UPDATE_COMPLETIONS"] === "1") {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, made());
    }
    expect(readFileSync(path, "utf8")).toBe(made());
  });

  it.for(shells)("%s: are read by the shell itself", async ([shell, name], context) => {
    const why = whyMissing(shell);
    if (why !== null) return context.skip(why);
    expect(await run(shell, ["-n", join(folder, name)])).toMatchObject({ code: 0, stderr: "" });
  });

  it.each<[line: string, offered: readonly string[]]>([
    ["crngwatch rep", ["report"]],
    ["crngwatch help wa", ["wait", "watch"]],
    ["crngwatch report --fo", ["--format"]],
    ["crngwatch report --format h", ["html"]],
    ["crngwatch status --color ", ["auto", "always", "never"]],
    ["crngwatch recorder ar", ["arm"]],
    ["crngwatch wait --timeout ", []],
    ["crngwatch nothing ", []],
  ])("bash: offer for '%s' what fits", async (line, offered) => {
    const words = line.split(" ");
    const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _crngwatch; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["-c", script, "bash", join(folder, "crngwatch"), ...words]);
    expect(stdout.split("\n").filter((word) => word !== "")).toEqual(offered);
  });

  it("bash: offer each verb at the beginning, and files to a verb that reads them", async () => {
    const script = `. "$1"; cd "$2"; COMP_WORDS=(crngwatch ""); COMP_CWORD=1; _crngwatch; printf '%s\\n' "\${COMPREPLY[@]}"
COMP_WORDS=(crngwatch analyze pack); COMP_CWORD=2; _crngwatch; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["-c", script, "bash", join(folder, "crngwatch"), project]);
    expect(stdout.split("\n")).toEqual(expect.arrayContaining([...verbs.map(({ name }) => name), "package.json"]));
  });
});
