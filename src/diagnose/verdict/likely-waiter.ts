import { capped } from "../../core/one-line.ts";
import type { VerdictWaiter } from "../../core/verdict.ts";
import type { SilenceAtReady } from "./silence-at-ready.ts";
import { speakerOf } from "./words.ts";

/** Who likely waited in a silence that ends as the CRNG becomes ready, and why that one. */
export interface LikelyWaiter extends VerdictWaiter {
  /** After its name, as a clause. */
  readonly because: string;
}

/**
 * The program that speaks right before and right after the silence; else the step that the last line before it begins;
 * else the one that is the first to continue; else the only one that reads random bytes meanwhile. Null: the log names
 * none.
 */
export function likelyWaiter({ from, worked, after, goesOn, seconds, readers }: SilenceAtReady): LikelyWaiter | null {
  const goes = goesOn === "log ends" ? null : after;
  const [speaker, next] = [from, goes].map((line) => (line?.byProgram === true ? speakerOf(line.text) : null));
  if (speaker != null && speaker === next)
    return { name: speaker, line: from.line, seconds, because: "the program that speaks right before and after it" };
  // What the kernel alone prints after a step does not end it.
  const last = from.byProgram || worked === null ? from : worked;
  const step = begunStep(last.text);
  if (step !== null) return { name: step, line: last.line, seconds, because: "the last one to be started before it" };
  const name = goes === null ? null : (next ?? endedStep(goes.text));
  if (goes !== null && name !== null)
    return { name, line: goes.line, seconds: null, because: "the first one to continue after it" };
  const [reader, ...more] = readers;
  if (reader === undefined || more.length > 0) return null;
  return {
    name: reader,
    line: from.line,
    seconds,
    because: "the only one that read random bytes right before it or meanwhile",
  };
}

const fromInit = String.raw`^(?:(?:systemd|procd|init)(?:\[1\])?: )?(?:\[[ *]+\] | ?\* )?`;
const begins = new RegExp(
  `${fromInit}(?:- ([\\w./@-]{2,32}) -|(?:Starting|Running|Generating|Loading|Initiali[sz]ing) (.{2,80}?) ?(?:\\.{3}|…|:)?)$`,
);
const ends = new RegExp(`${fromInit}(?:\\[ {1,2}OK {1,2}\\] )?(?:Started|Finished) (.{2,80}?)\\.?$`);

/** A script of the boot's, which procd or an init program runs one after another: its own line is the last one. */
const ofScript = /^(?:(?:procd|init|rcS?)(?:\[\d{1,10}\])?: )?(\/etc\/(?:rc\.d|rc\d\.d|init\.d)\/[\w.+-]{2,40}): /;

/** What an init program prints as it starts something: "Starting X...", procd's "- ubus -". */
function begunStep(text: string): string | null {
  const start = text.slice(0, 160);
  const script = ofScript.exec(start)?.[1];
  if (script !== undefined) return script;
  const match = begins.exec(start);
  return match === null ? null : unitOf(match[1] ?? match[2] ?? "");
}

function endedStep(text: string): string | null {
  const match = ends.exec(text.slice(0, 160));
  return match === null ? null : unitOf(match[1] ?? "");
}

/** "a.service - Description" is a.service. */
function unitOf(said: string): string {
  const cut = said.indexOf(" - ");
  return capped(cut === -1 ? said : said.slice(0, cut), 60);
}
