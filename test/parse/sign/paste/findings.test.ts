import { describe, expect, it } from "vitest";
import { parseWriterFinding } from "../../../../src/parse/sign/paste/findings.ts";

const finding = (text: string) => parseWriterFinding(text, false);

describe("parseWriterFinding: where a program stood", () => {
  it.each<[text: string, name: string | null]>([
    ["Both the SSH key generation and the agent hang on reading from /dev/random.", "SSH"],
    ["The indexer process gets stuck in `getrandom`.", "indexer"],
    ["Indexer was blocked on ``getrandom(0)``, waiting until the pool was ready.", "Indexer"],
    ["So the start lasts forever, being blocked on `getrandom`.", null],
    ["In other cases, even if the open went well, it was waiting for bytes in /dev/random.", null],
    ["mailer calls getrandom() there, and it was stuck in getrandom() for minutes.", "mailer"],
    ["This causes the network setup to wait on /dev/urandom.", null],
    ["This causes the indexer to wait on /dev/urandom.", "indexer"],
    ["There indexer blocks on getrandom(2) until its 10 minute timeout on every boot.", "indexer"],
    ["A new guest has no entropy (reading from /dev/random blocks).", null],
    ["After a start of the Indexer blocks many minutes on getrandom()", null],
  ])("%s", (text, name) => {
    expect(finding(text)).toEqual({ name });
  });

  it.each([
    "The indexer blocks on getrandom if the pool is empty.",
    "Indexer is blocked on getrandom(), waiting until the pool is ready.",
    "It was blocked on getrandom() if that was not ready.",
    "A reader of /dev/random waits when there is no entropy.",
    "reading from /dev/random blocks when the pool is empty",
    "I think that the indexer is stuck in getrandom().",
    "Is the indexer stuck in getrandom()?",
    "The indexer is not blocked on /dev/random.",
    "The indexer is stuck, and its strace is below, by getrandom.example.org",
    "It is stuck. The manual page of getrandom has more.",
  ])("not in '%s'", (text) => {
    expect(finding(text)).toBeNull();
  });

  it("is sought in each sentence by itself", () => {
    expect(finding("I do not know why. The indexer is stuck in getrandom().")).toEqual({ name: "indexer" });
    expect(finding("The indexer is stuck in getrandom(), I do not know why.")).toBeNull();
  });
});

describe("parseWriterFinding: the call that was found, and what cannot start", () => {
  it.each<[text: string, name: string | null]>([
    [
      "I tracked it down to where `keymaker` calls `RAND_status` and that call seems to block, maybe on VMs.",
      "keymaker",
    ],
    ["We narrowed this down to keymaker calling getrandom(), which hangs.", "keymaker"],
    ["Generating entropy is very slow without rngd, so Indexer VM cannot start.", "Indexer"],
    ["The entropy is low, so the indexer service doesn't start", "indexer"],
  ])("%s", (text, name) => {
    expect(finding(text)).toEqual({ name });
  });

  it.each([
    "I tracked it down to where keymaker calls malloc and that call seems to block.",
    "I tracked it down to where keymaker calls RAND_status and that call returns.",
    "Generating entropy is quick, so Indexer VM cannot start.",
    "I guess that entropy is low, so the indexer doesn't start",
    "entropy is low, so the indexer starts",
  ])("not in '%s'", (text) => {
    expect(finding(text)).toBeNull();
  });
});

describe("parseWriterFinding: when a program went on", () => {
  it.each<[text: string, name: string | null]>([
    ["I saw that it only started once the kernel said random: crng init done.", null],
    ["The indexer only starts after crng init is done.", "indexer"],
    ["indexer does not start until the entropy pool is full.", "indexer"],
  ])("%s", (text, name) => {
    expect(finding(text)).toEqual({ name });
  });

  it.each([
    "It only started once the network was up.",
    "I guess it only started once the crng was ready.",
    "Does it only start after crng init?",
  ])("not in '%s'", (text) => {
    expect(finding(text)).toBeNull();
  });
});

describe("parseWriterFinding: what was found out", () => {
  it.each<[text: string, name: string | null]>([
    ["After days we understood that the problem came from entropy and /dev/random.", null],
    ["This was traced in https://bugs.example.org/1 to a random pool that was empty: entropy pool is empty.", null],
    [
      "This was traced to the fact that mailer calls getrandom(), but the random pool is not initialized yet.",
      "mailer",
    ],
    ["It is related to the random generator causing a delay to start indexer.", "indexer"],
    ["The crng causes long delays.", null],
  ])("%s", (text, name) => {
    expect(finding(text)).toEqual({ name });
  });

  it.each([
    "After days we understood that the problem came from the disk.",
    "The random generator does not cause a delay to start indexer.",
    "Maybe the crng causes long delays.",
    // What holds in general is about no boot.
    "Tasks that wait for the CRNG are blocked in wait_for_random_bytes.",
  ])("not in '%s'", (text) => {
    expect(finding(text)).toBeNull();
  });
});

describe("parseWriterFinding: a title", () => {
  it.each<[text: string, name: string | null]>([
    ["Low entropy freezes indexer", "indexer"],
    ["[BUG] Start of the container is extremely slow due to low entropy", null],
    ["hangs on boot due to a lack of entropy, system never boots", null],
  ])("'%s' is one on the first line, or after a mark", (text, name) => {
    expect(parseWriterFinding(text, true)).toEqual({ name });
    expect(parseWriterFinding(`# ${text}`, false)).toEqual({ name });
    expect(parseWriterFinding(text, false)).toBeNull();
  });

  it("asks, or denies, in some", () => {
    for (const text of ["Slow due to low entropy?", "Is not slow due to low entropy", "Slow due to low memory"])
      expect(parseWriterFinding(text, true)).toBeNull();
  });

  it("has 600 characters at most", () => {
    const text = "Low entropy freezes indexer";
    expect(parseWriterFinding(text.padEnd(600), true)).not.toBeNull();
    expect(parseWriterFinding(text.padEnd(601), true)).toBeNull();
  });
});
