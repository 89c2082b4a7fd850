/**
 * What a report's prose says about a hang beside the log in it, without naming the CRNG: when it ends, and whose it is.
 */

const longestLine = 600;

const hang = String.raw`(?:hangs?|hung|blocks?|blocked|stuck|stalls?|freezes?|frozen|waits?|waiting|(?:does not|doesn['’]t|do not|don['’]t|cannot|can['’]t|won['’]t) (?:start|work|respond|continue|come up))`;

/** "the applications hang until I see this in dmesg": a line of the log, which follows, ends it. */
const untilLine = new RegExp(
  String.raw`\b${hang}\b[^.!?]{0,60}?\b(?:until|till|up to when)\b[^.!?]{0,40}?\b(?:see|sees|shows?|shown|appears?|printed|prints?|get|gets|comes|this|following)\b[^.!?]{0,40}?\b(?:dmesg|log|console|message|line|syslog|journal|this|following)\b`,
  "i",
);

/** Whether a hang lasts until a line of the log that the report shows next. */
export function endsWithNextLine(text: string): boolean {
  return text.length <= longestLine && untilLine.test(text);
}

const amount = /(?:\b|~ ?)(\d{1,4}(?:\.\d+)?) ?(s|secs?|seconds|m|mins?|minutes?)\b/i;

/** A length of time that a report speaks of, in seconds; null: none. */
export function spokenSeconds(text: string): number | null {
  const match = text.length > longestLine ? null : amount.exec(text);
  return match === null ? null : Number(match[1]) * ((match[2] ?? "").toLowerCase().startsWith("m") ? 60 : 1);
}

/**
 * "I left it like that for an hour", "it stays there forever": a hang that no late CRNG explains once that is ready.
 * Minutes are none: a CRNG may need as long.
 */
const endless = new RegExp(
  String.raw`\b(?:left|leaving|let|wait(?:ed|ing)?|sat|sits|sitting|stays?|stayed|stands|remains?|stuck|hangs?|hung|frozen|freezes)\b[^.!?]{0,60}?\b(?:(?:for|up to|over|more than|at least|about|around|nearly) (?:(?:over|more than|about|up to|at least|around) )?(?:an hour|(?:\d{1,3}\+?|one|two|three|several|many|a few|a couple of)?\s?hours|days|the whole night)|forever|indefinitely|overnight|all night)\b`,
  "i",
);
/** The time in front: "for the last hour it has been stuck", "after several hours there is no progress". */
const forHours = new RegExp(
  String.raw`\b(?:for|after|since) (?:the )?(?:(?:last|past|about|over|more than|at least|many|several|a few|a couple of|two|three|\d{1,3}\+?) ){1,3}(?:hours?|days)\b[^.!?]{0,60}?\b(?:stuck|hangs?|hung|frozen|no progress|nothing happens|still (?:waits|waiting|there))\b`,
  "i",
);
/** The end is said: then it did not last. */
const thenGoesOn = /\b(?:until|till|before it|and then (?:it )?(?:boots|continues|starts))\b/i;

export function isEndlessHang(text: string): boolean {
  return text.length <= longestLine && (endless.test(text) || forHours.test(text)) && !thenGoesOn.test(text);
}

/** "that line takes forever": something that the console shows does not end. */
const neverDone =
  /\b(?:takes? (?:forever|ages)|never (?:ends|finishes|completes|returns|gets past|goes past)|(?:hangs|hung|stuck|freezes|stalls|stops) (?:there|here|at|on|in|while|forever)|(?:does not|doesn['’]t) (?:get past|go past|finish|continue))\b/i;

export function isNeverDone(text: string): boolean {
  return text.length <= longestLine && neverDone.test(text);
}

/** "it hangs after random: crng init done", in a sentence: it was ready. */
const afterReady = new RegExp(
  String.raw`\b${hang}\b[^.!?]{0,40}?\b(?:right |just |directly |forever |shortly )?after\b[^.!?]{0,30}?\brandom ?: ?[\x60"'“‘]?(?:crng init done|nonblocking pool is initialized)\b`,
  "i",
);

export function isHangAfterReady(text: string): boolean {
  return text.length <= longestLine && afterReady.test(text);
}

/**
 * A program's name: in back-ticks, with a mark within that words do not have, or well known. Any other word before
 * "does not start" is as likely a plain noun or an adverb.
 */
const known = String.raw`(?:docker|containerd|kubelet|sshd?|nginx|apache2?|httpd|postgres(?:ql)?|mysqld?|mariadbd?|redis|mongod|gdm3?|lightdm|sddm|Xorg|plymouth|NetworkManager|tomcat|jenkins|openvpn|strongswan|hostapd|dropbear|dnsmasq|chronyd|ntpd|unbound|etcd|consul|vault|snapd|elasticsearch|rabbitmq|vnc(?:server)?|xrdp|balena|podman|openssl|gpg|php|gunicorn|uwsgi|uvicorn|celery)`;
const marked = String.raw`[a-z][\w.+@]{0,30}-[\w.+@-]{1,40}|[a-z][\w-]{1,40}\.(?:service|py|sh|jar)`;
const name = String.raw`(?:\x60([a-z][\w./@+-]{1,40})\x60|(${known}|${marked}))`;
const startsSlowly = new RegExp(
  String.raw`(?:^|[\s(])${name} (?:service |daemon |server |container |process )?(?:(?:could |can |will |would )?(?:takes?|took|needs?|needed|taking) (?:a |so |very |too |several |many |about |around |over |up to |forever|long|minutes|~?\d)|(?:was not|wasn['’]t|is not|isn['’]t|does not|doesn['’]t|did not|didn['’]t|will not|won['’]t|would not|wouldn['’]t|cannot|can['’]t) (?:start|come up|coming up|respond|running|up)|(?:(?<=process )hang|hangs|hung|stalls|freezes|blocks|waits (?:for|until|on)|never starts|fail(?:s|ed) to start|(?:(?:is|was) )?(?:\w{2,12} ){0,2}slow (?:at|on|in|during) (?:start-?up|start|boot)|(?:is|gets|got) (?:stuck|blocked)|is (?:hanging|blocking|stalling|freezing))\b)`,
  "gi",
);
/** "it takes docker several minutes to start". */
const takesIt = new RegExp(
  String.raw`\b(?:takes?|took) (?:the )?${name} (?:(?:service|daemon|server|container) )?(?:a |so |very |several |many |about |around |over |up to |forever|long|minutes|~?\d)`,
  "gi",
);
const asked = new RegExp(
  String.raw`\b(?:systemctl (?:status|start|restart)|status (?:of|for)|calls?|invokes?|runs?|starts?|starting|launch(?:es|ing)?) (?:the )?${name}(?=[\s.,;:)]|$)`,
  "gi",
);

/** "making some programs (including sshd) unusable": what a wait does to one that it names. */
const madeUseless = new RegExp(
  String.raw`\b(?:making|makes?|leaving|leaves?|renders?|rendering)\b[^.!?]{0,60}?[\s(]${name}\)? (?:unusable|unavailable|unreachable|unresponsive|useless|inaccessible|very slow|hang|wait)\b`,
  "gi",
);

/** "I get no answer from nginx until it is ready": a program that others wait for. */
const noAnswer = new RegExp(
  String.raw`\b(?:no|any|not get an?) (?:answers?|repl(?:y|ies)|responses?) from (?:the )?${name} (?:until|till|before|for)\b`,
  "gi",
);

/** The programs that a report's sentence says are slow to start, or asks about. */
export function programsSpokenOf(text: string): readonly string[] {
  if (text.length > longestLine) return [];
  return [
    ...text.matchAll(startsSlowly),
    ...text.matchAll(takesIt),
    ...text.matchAll(asked),
    ...text.matchAll(madeUseless),
    ...text.matchAll(noAnswer),
  ].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
