import { valueText } from "./kernel-arguments.ts";
import {
  armedIn,
  armEdits,
  disarmEdits,
  edited,
  hasOurProbes,
  whyNotArmable,
  type Edit,
  type Recorder,
  type Segment,
} from "./recorder-arguments.ts";
import { shellAssignments, type ShellAssignment } from "./shell-assignments.ts";
import { Unchangeable } from "./unchangeable.ts";

/** A file that grub-mkconfig sources: /etc/default/grub, and on Debian those of /etc/default/grub.d after it. */
export interface DefaultsFile {
  readonly path: string;
  readonly text: string;
}

/** In the order in which they are in grub.cfg's `linux` lines; the first is in those for recovery, too. */
const variables = ["GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"] as const;

/** After the line that is added where there is none that can be edited. */
const mark = "# crngwatch recorder arm";
const markedLine = new RegExp(`^GRUB_CMDLINE_LINUX=.* ${mark}$`, "m");

interface ValuePlace {
  readonly file: number;
  readonly assignment: ShellAssignment;
}

/** What GRUB's defaults would have the next boots record; null: nothing of ours. */
export function armedGrub(files: readonly DefaultsFile[]): Recorder | null {
  return armedIn(livePlaces(files).map(segmentOf));
}

/** The files with the recorder in them. Throws Unchangeable. */
export function armGrub(files: readonly DefaultsFile[], recorder: Recorder): readonly DefaultsFile[] {
  if (armedGrub(files) === recorder) return files;
  const open = allPlaces(files).find(({ assignment }) => !assignment.isClosed);
  if (open !== undefined)
    throw new Unchangeable(`Cannot change '${files[open.file]?.path}': a quote in it is not closed`);
  const armed = withRecorder(files, recorder);
  // Read back, since a shell's text can be stranger than this understands.
  if (armedGrub(armed) !== recorder)
    throw new Unchangeable(
      `Cannot change '${files[0]?.path}': the kernel command line is put together in it in a way that is not understood`,
    );
  return armed;
}

function withRecorder(files: readonly DefaultsFile[], recorder: Recorder): readonly DefaultsFile[] {
  const clean = hasOurProbes(livePlaces(files).map(segmentOf)) ? disarmGrub(files) : files;
  const places = livePlaces(clean);
  const segments = places.map(segmentOf);
  const problem = whyNotArmable(segments, recorder);
  if (problem !== null) throw new Unchangeable(`Cannot change the kernel command line: ${problem}`);
  const home = places.findLastIndex(({ assignment }) => assignment.name === variables[0]);
  if (home !== -1 && places[home]?.assignment.quote !== "")
    return withEdits(clean, places, armEdits(segments, home, recorder));
  // A place of its own, which then gets a line of its own.
  const own = segments.push({ text: "", quoting: "grub", quote: "'" }) - 1;
  const edits = armEdits([segments[own] as Segment, ...segments.slice(0, own)], 0, recorder).map((edit) => ({
    ...edit,
    segment: edit.segment - 1,
  }));
  const added = edits.find(({ segment }) => segment < 0);
  const rest = withEdits(
    clean,
    places,
    edits.filter(({ segment }) => segment >= 0),
  );
  return added === undefined
    ? rest
    : withLine(rest, places[home]?.file ?? 0, `GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${added.text}" ${mark}`);
}

/** The files as they were before armGrub(). */
export function disarmGrub(files: readonly DefaultsFile[]): readonly DefaultsFile[] {
  const live = livePlaces(files);
  const off = withEdits(files, live, disarmEdits(live.map(segmentOf)));
  // Also where it has no effect any more because the variable was assigned again.
  const rest = allPlaces(off).filter((place) => hasOurProbes([segmentOf(place)]));
  return withEdits(off, rest, disarmEdits(rest.map(segmentOf))).map(({ path, text }) => ({
    path,
    text: withoutLine(text),
  }));
}

function allPlaces(files: readonly DefaultsFile[]): readonly ValuePlace[] {
  const places = files.flatMap(({ text }, file) =>
    shellAssignments(text, variables).map((assignment) => ({ file, assignment })),
  );
  return variables.flatMap((name) => places.filter(({ assignment }) => assignment.name === name));
}

/** The assignments that a value comes from: the last one, and those before it that it adds to. */
function livePlaces(files: readonly DefaultsFile[]): readonly ValuePlace[] {
  const places = allPlaces(files);
  return variables.flatMap((name) => {
    const own = places.filter(({ assignment }) => assignment.name === name);
    return own.slice(
      Math.max(
        0,
        own.findLastIndex(({ assignment }) => !addsToItself(assignment)),
      ),
    );
  });
}

function addsToItself({ name, appends, value }: ShellAssignment): boolean {
  return appends || new RegExp(`\\$(?:${name}\\b|\\{${name}\\b)`).test(valueText(value));
}

function segmentOf({ assignment: { value, quote } }: ValuePlace): Segment {
  return { text: valueText(value), quoting: "grub", quote: quote === '"' ? "'" : '"' };
}

/** Edits of values, made in the files. */
function withEdits(
  files: readonly DefaultsFile[],
  places: readonly ValuePlace[],
  edits: readonly Edit[],
): readonly DefaultsFile[] {
  return files.map(({ path, text }, file) => {
    const own = edits.filter(({ segment }) => places[segment]?.file === file);
    return {
      path,
      text: edited(
        text,
        own.map((edit) => inFile(path, places[edit.segment] as ValuePlace, edit)),
      ),
    };
  });
}

function inFile(
  path: string,
  { assignment: { name, value, quote, end: wordEnd } }: ValuePlace,
  { start, end, text }: Edit,
): Omit<Edit, "segment"> {
  if (quote === "") throw new Unchangeable(`Cannot change ${name} in '${path}': it is not one text in quotes`);
  const from = value[start]?.start ?? wordEnd - 1;
  return { start: from, end: end > start ? (value[end - 1]?.end ?? from) : from, text };
}

function withLine(files: readonly DefaultsFile[], file: number, line: string): readonly DefaultsFile[] {
  return files.map(({ path, text }, index) => {
    if (index !== file) return { path, text };
    return { path, text: text === "" || text.endsWith("\n") ? `${text}${line}\n` : `${text}\n${line}` };
  });
}

function withoutLine(text: string): string {
  const found = markedLine.exec(text);
  if (found === null) return text;
  const end = found.index + found[0].length;
  return end < text.length
    ? text.slice(0, found.index) + text.slice(end + 1)
    : text.slice(0, Math.max(0, found.index - 1));
}
