import { fs } from "../platform/builtins.ts";
import type { BootRecord } from "../core/boot-record.ts";
import { snapshot, withRequested } from "../daemon/snapshot.ts";
import { attempt } from "../platform/pseudo-file.ts";
import { bootsJson } from "../render/boots-json.ts";
import { escapeText } from "../render/escape.ts";
import { reportText } from "../render/report-text.ts";
import { recordOfDaemon } from "./daemon-client.ts";
import { hostAt } from "./host.ts";
import { print } from "./print.ts";
import { CommandFailed, exit, type ExitCode, type Invocation } from "./verb.ts";

const formats: Readonly<Record<string, (record: BootRecord) => string>> = {
  text: reportText,
  json: (record) => bootsJson([record]),
};

const unwritten: Readonly<Record<string, string>> = { absent: "its folder does not exist", denied: "no permission" };

/** `crngwatch report`: one boot's story, from the daemon's record where one runs. */
export async function report(invocation: Invocation): Promise<ExitCode> {
  const { format = "text", output } = invocation.given;
  const render = typeof format === "string" && Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (render === undefined) {
    throw new CommandFailed(`Unknown format '${escapeText(String(format))}': want one of ${Object.keys(formats).join(", ")}`, exit.usage);
  }
  const host = hostAt(invocation.roots);
  const told = await recordOfDaemon(invocation);
  const record = told === null ? await snapshot(host, { requested: true }) : await withRequested(told, host);
  const text = render(record);
  if (typeof output !== "string") print(text);
  else {
    const written = attempt(() => fs.writeFileSync(output, text));
    if (written.is !== "ok") throw new CommandFailed(`Cannot write '${escapeText(output)}': ${unwritten[written.is] ?? (written.is === "failed" ? written.errno : "")}`);
  }
  return exit.ok;
}
