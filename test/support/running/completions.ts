import { formatNames } from "../../../src/cli/options.ts";
import { verbs } from "../../../src/cli/verbs/registry.ts";
import { commonOptions, type Option, type Verb } from "../../../src/cli/verb.ts";

/** What the value of an option may be, where that is known: words, or files or folders of the shell's own. */
const values: Readonly<Record<string, readonly string[] | "file" | "folder">> = {
  format: formatNames,
  color: ["auto", "always", "never"],
  pool: ["256", "4096"],
  output: "file",
  socket: "file",
  root: "folder",
  directory: "folder",
  "state-dir": "folder",
};

const optionsOf = ({ options }: Verb): readonly Option[] => [...options, ...commonOptions];
const flagsOf = ({ name, short }: Option): readonly string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];
const names = verbs.map(({ name }) => name);
const note = "Made from the program's own tables of verbs and options: UPDATE_COMPLETIONS=1 and its test write it.";

/** For bash(1), /usr/share/bash-completion/completions/crngwatch. */
export function bashCompletion(): string {
  const valued = new Map<string, readonly string[] | "file" | "folder" | "none">();
  for (const option of verbs.flatMap(optionsOf))
    if (option.value !== null) for (const flag of flagsOf(option)) valued.set(flag, values[option.name] ?? "none");
  const how = (value: readonly string[] | "file" | "folder" | "none"): string =>
    typeof value !== "string"
      ? `COMPREPLY=($(compgen -W '${value.join(" ")}' -- "$word"))`
      : { file: 'COMPREPLY=($(compgen -f -- "$word"))', folder: 'COMPREPLY=($(compgen -d -- "$word"))', none: ":" }[
          value
        ];
  // A switch of one verb and an option with a value of another, such as --compare: what follows may be anything.
  for (const option of verbs.flatMap(optionsOf))
    if (option.value === null) for (const flag of flagsOf(option)) valued.delete(flag);
  const replies = [...new Set([...valued.values()].map(how))];
  const arms = replies.map((reply) => {
    const flags = [...valued].filter(([, value]) => how(value) === reply).map(([flag]) => flag);
    return `	${flags.join(" | ")})\n		${reply}\n		return\n		;;`;
  });
  const verbArms = verbs.map((verb) => {
    const words = [...optionsOf(verb).flatMap(flagsOf), ...(verb.operands?.choices ?? [])].join(" ");
    const files = verb.operands !== null && verb.operands.choices === undefined ? " -f" : "";
    return `	${verb.name}) COMPREPLY=($(compgen -W '${words}'${files} -- "$word")) ;;`;
  });
  return `# bash completion for crngwatch. ${note}
_crngwatch() {
	local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W '${names.join(" ")} help --help --version' -- "$word"))
		return
	fi
	case $before in
	help)
		COMPREPLY=($(compgen -W '${names.join(" ")}' -- "$word"))
		return
		;;
${arms.join("\n")}
	esac
	case \${COMP_WORDS[1]} in
${verbArms.join("\n")}
	esac
}
complete -o filenames -F _crngwatch crngwatch
`;
}

/** For zsh(1), /usr/share/zsh/site-functions/_crngwatch. */
export function zshCompletion(): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const described = (text: string): string => text.replaceAll(/[[\]:\\]/g, "\\$&");
  const spec = (option: Option, flag: string): string => {
    const value = values[option.name];
    const action =
      option.value === null
        ? ""
        : `${option.usual === undefined ? ":" : "::"}${option.value}:${value === undefined ? "" : typeof value !== "string" ? `(${value.join(" ")})` : value === "file" ? "_files" : "_files -/"}`;
    const attached = option.value !== null && flag.startsWith("--") ? "=" : "";
    return quoted(`${flag}${attached}[${described(option.summary)}]${action}`);
  };
  const arms = verbs.map((verb) => {
    const operands =
      verb.operands === null
        ? []
        : [
            quoted(
              verb.operands.choices === undefined
                ? `*:${verb.operands.name}:_files`
                : `1:${verb.operands.name}:(${verb.operands.choices.join(" ")})`,
            ),
          ];
    const specs = [
      ...optionsOf(verb).flatMap((option) => flagsOf(option).map((flag) => spec(option, flag))),
      ...operands,
    ];
    return `	${verb.name})\n		_arguments ${specs.join(" \\\n			")}\n		;;`;
  });
  return `#compdef crngwatch
# ${note}
local -a verbs
verbs=(
${verbs.map(({ name, summary }) => `	${quoted(`${name}:${described(summary)}`)}`).join("\n")}
)
if (( CURRENT == 2 )); then
	_describe verb verbs
	return
fi
local verb=$words[2]
shift words
(( CURRENT-- ))
case $verb in
	help) _describe verb verbs ;;
${arms.join("\n")}
esac
`;
}

/** For fish(1), /usr/share/fish/vendor_completions.d/crngwatch.fish. */
export function fishCompletion(): string {
  const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
  const lines = verbs.flatMap((verb) => [
    `complete -c crngwatch -n __fish_use_subcommand -f -a ${verb.name} -d ${quoted(verb.summary)}`,
    ...(verb.operands === null
      ? [`complete -c crngwatch -n '__fish_seen_subcommand_from ${verb.name}' -f`]
      : verb.operands.choices === undefined
        ? []
        : [
            `complete -c crngwatch -n '__fish_seen_subcommand_from ${verb.name}' -f -a ${quoted(verb.operands.choices.join(" "))}`,
          ]),
    ...optionsOf(verb).map((option) => {
      const value = values[option.name];
      const takes =
        option.value === null
          ? ""
          : value === undefined
            ? " -x"
            : typeof value !== "string"
              ? ` -x -a ${quoted(value.join(" "))}`
              : value === "file"
                ? " -r -F"
                : " -x -a '(__fish_complete_directories)'";
      const short = option.short === undefined ? "" : ` -s ${option.short}`;
      return `complete -c crngwatch -n '__fish_seen_subcommand_from ${verb.name}' -l ${option.name}${short}${takes} -d ${quoted(option.summary)}`;
    }),
  ]);
  return `# ${note}
complete -c crngwatch -n __fish_use_subcommand -f -a help -d 'describe a verb'
complete -c crngwatch -n __fish_use_subcommand -l version -s V -d 'print the version'
complete -c crngwatch -n '__fish_seen_subcommand_from help' -f -a ${quoted(names.join(" "))}
${lines.join("\n")}
`;
}
