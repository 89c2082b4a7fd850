import { escapeLines } from "../escape.ts";
import { fileDiff } from "../file-diff.ts";

/** How the kernel command line of the next boots would change: what a back end of `boot-loaders/` has planned. */
interface PlannedChange {
  readonly backEnd: { readonly name: string; readonly hosts: string };
  /** `before` null: the file is made; `after` null: it is removed. */
  readonly files: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[];
  /** As they are typed on the host. */
  readonly commands: readonly string[];
  /** False: a person has to run the commands, on the host whose files are changed. */
  readonly isRunHere: boolean;
  /** Why the recorder is armed in this way; null where it is disarmed. */
  readonly why: string | null;
}

/** What would be done, exactly: a difference for each file, and the commands. */
export function planText({ backEnd: { name, hosts }, files, commands, isRunHere, why }: PlannedChange): string {
  const parts = [
    `By ${name}: ${hosts}${why === null ? "" : `; ${why}`}\n`,
    ...files.map(
      ({ path, before, after }) =>
        `${after === null ? `removes '${path}':\n` : before === null ? `makes '${path}':\n` : ""}${fileDiff(path, before ?? "", after ?? "")}`,
    ),
    ...commands.map((command) => `${isRunHere ? "runs" : "to be run on that host, not here"}: ${command}\n`),
  ];
  return escapeLines(parts.join(""));
}
