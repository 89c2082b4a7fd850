import { escapeLines } from "../escape.ts";
import { fileDiff } from "../file-diff.ts";
import { shellWords } from "../shell-words.ts";

/** How the kernel command line of the next boots would change: what a back end of `boot-loaders/` has planned. */
interface PlannedChange {
  readonly backEnd: { readonly name: string; readonly hosts: string };
  readonly plan: {
    /** `before` null: the file is made; `after` null: it is removed. */
    readonly files: readonly {
      readonly path: string;
      readonly before: string | null;
      readonly after: string | null;
    }[];
    readonly commands: readonly { readonly program: string; readonly words: readonly string[] }[];
  };
  /** Why the recorder is armed in this way; null where it is disarmed. */
  readonly why: string | null;
}

/** What would be done, exactly: a difference for each file, and the commands. */
export function planText({ backEnd: { name, hosts }, plan: { files, commands }, why }: PlannedChange): string {
  const parts = [
    `By ${name}: ${hosts}${why === null ? "" : `; ${why}`}\n`,
    ...files.map(
      ({ path, before, after }) =>
        `${after === null ? `removes '${path}':\n` : before === null ? `makes '${path}':\n` : ""}${fileDiff(path, before ?? "", after ?? "")}`,
    ),
    ...commands.map(({ program, words }) => `runs: ${shellWords([program, ...words])}\n`),
  ];
  return escapeLines(parts.join(""));
}
