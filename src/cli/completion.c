/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

#include <string.h>

typedef const cli_command *const *command_list;

/* Calls `tell` with each option of a command. */
static void each_option(output *out, const cli_command *of,
                        void (*tell)(output *out, const cli_command *of, const cli_option *o))
{
    const cli_option *o;
    size_t at;

    for (size_t n = 0; (o = option_number(of->options, n, &at)) != NULL; n++)
        tell(out, of, o);
}

static bool is_file(const cli_option *o)
{
    return o->argument != NULL &&
           (strcmp(o->argument, "FILE") == 0 || strcmp(o->argument, "FOLDER") == 0);
}

/* The second word of a command of links; NULL: it has one word. */
static const char *second_word(const cli_command *of)
{
    const char *blank = strchr(of->name, ' ');

    return blank != NULL ? blank + 1 : NULL;
}

/* The first words of the commands, those of links once, or their second words. */
static void tell_words(output *out, command_list commands, bool second)
{
    bool links = false;

    for (; *commands != NULL; commands++) {
        const char *word = second_word(*commands);

        if (second && word != NULL)
            output_print(out, " %s", word);
        if (!second && (word == NULL || !links))
            output_print(out, " %s", word == NULL ? (*commands)->name : "link");
        links |= word != NULL;
    }
}

/* First words that are no commands of their own. */
static const struct {
    const char *word;
    const char *summary;
} others[] = {{"link", "states over links where bytes are dear"},
              {"completion", COMPLETION_SUMMARY},
              {"help", "what a command does"}};

#define OTHERS (sizeof others / sizeof *others)

/* ---- bash ---- */

static void bash_name(output *out, const cli_command *of, const cli_option *o)
{
    (void)of;
    output_print(out, " --%s", o->name);
    if (o->letter != 0)
        output_print(out, " -%c", o->letter);
}

/* What may follow an option, where it is none of the files. */
static void bash_argument(output *out, const cli_command *of, const cli_option *o)
{
    if (o->argument == NULL || is_file(o))
        return;
    output_print(out, "        '%s --%s') words='%s' ;;\n", of->name, o->name,
                 o->choices != NULL ? o->choices : "");
}

static void write_bash(output *out, command_list commands)
{
    output_print(out,
                 "# bash completion for execwire\n\n"
                 "_execwire() {\n"
                 "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local verb=${COMP_WORDS[1]} first=2 words=\n\n"
                 "    # \"--form=api\" is three words to bash\n"
                 "    [ \"$current\" != = ] || current=\n"
                 "    [ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD-2]}\n"
                 "    [ \"$verb\" != link ] || { verb=\"link ${COMP_WORDS[2]}\"; first=3; }\n"
                 "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='");
    tell_words(out, commands, false);
    output_print(out, " completion help'\n"
                      "    elif [ \"$COMP_CWORD\" -lt \"$first\" ]; then\n        words='");
    tell_words(out, commands, true);
    output_print(out,
                 "'\n    elif [ \"$verb\" = completion ]; then\n        words='%s'\n"
                 "    elif [ \"$verb\" = help ]; then\n        words='",
                 COMPLETION_SHELLS);
    tell_words(out, commands, false);
    output_print(out, "'\n    elif [ \"${current#-}\" != \"$current\" ]; then\n"
                      "        case $verb in\n");
    for (command_list of = commands; *of != NULL; of++) {
        output_print(out, "        '%s') words='", (*of)->name);
        each_option(out, *of, bash_name);
        output_print(out, "' ;;\n");
    }
    output_print(out, "        esac\n    else\n        case \"$verb $before\" in\n");
    for (command_list of = commands; *of != NULL; of++)
        each_option(out, *of, bash_argument);
    output_print(out, "        *) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
                      "        esac\n    fi\n"
                      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                      "complete -o filenames -F _execwire execwire\n");
}

/* ---- zsh ---- */

/* A text between single quotes, in which brackets and colons mean nothing. */
static void zsh_text(output *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            output_print(out, "'\\'");
        else if (strchr("[]:", *text) != NULL)
            output_put(out, "\\", 1);
        output_put(out, text, 1);
    }
}

static void zsh_option(output *out, const cli_command *of, const cli_option *o)
{
    (void)of;
    if (o->letter != 0)
        output_print(out, "            '(-%c --%s)'{-%c,--%s%s}'[", o->letter, o->name, o->letter,
                     o->name, o->argument != NULL ? "=" : "");
    else
        output_print(out, "            '%s--%s%s[", o->many ? "*" : "", o->name,
                     o->argument != NULL ? "=" : "");
    zsh_text(out, o->help);
    output_put(out, "]", 1);
    if (o->argument != NULL) {
        output_put(out, ":", 1);
        zsh_text(out, o->argument);
        output_put(out, ":", 1);
    }
    if (o->choices != NULL)
        output_print(out, "(%s)", o->choices);
    else if (is_file(o))
        output_print(out, "_files");
    output_print(out, "' \\\n");
}

static void zsh_word(output *out, const char *word, const char *summary)
{
    output_print(out, "            '%s:", word);
    zsh_text(out, summary);
    output_print(out, "'\n");
}

/* The words that commands of one kind begin with, or end in, each with its summary. */
static void zsh_words(output *out, command_list commands, bool second)
{
    for (; *commands != NULL; commands++) {
        const char *word = second_word(*commands);

        if ((word != NULL) != second)
            continue;
        zsh_word(out, second ? word : (*commands)->name, (*commands)->summary);
    }
}

static void write_zsh(output *out, command_list commands)
{
    output_print(out, "#compdef execwire\n\n"
                      "_execwire() {\n"
                      "    local verb=$words[2] first=3\n"
                      "    local -a verbs\n\n"
                      "    [[ $verb != link ]] || { verb=\"link $words[3]\"; first=4 }\n"
                      "    if (( CURRENT == 2 )); then\n        verbs=(\n");
    zsh_words(out, commands, false);
    for (size_t i = 0; i < OTHERS; i++)
        zsh_word(out, others[i].word, others[i].summary);
    output_print(out, "        )\n        _describe command verbs\n        return\n    fi\n"
                      "    if (( CURRENT < first )); then\n        verbs=(\n");
    zsh_words(out, commands, true);
    output_print(out, "        )\n        _describe command verbs\n        return\n    fi\n"
                      "    (( first == 3 )) || { shift words; (( CURRENT-- )) }\n"
                      "    shift words\n    (( CURRENT-- ))\n    case $verb in\n");
    for (command_list of = commands; *of != NULL; of++) {
        output_print(out, "    '%s')\n        _arguments -s \\\n", (*of)->name);
        each_option(out, *of, zsh_option);
        output_print(out, "            '*:file:_files'\n        ;;\n");
    }
    output_print(out, "    completion) compadd -- %s ;;\n    help) compadd --", COMPLETION_SHELLS);
    tell_words(out, commands, false);
    output_print(out, " ;;\n    esac\n}\n\n"
                      "[[ $funcstack[1] != _execwire ]] || _execwire \"$@\"\n"
                      "(( ! $+functions[compdef] )) || compdef _execwire execwire\n");
}

/* ---- fish ---- */

/* A text between single quotes. */
static void fish_text(output *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            output_put(out, "\\", 1);
        output_put(out, text, 1);
    }
}

/* Where only this command, or a word of it, has been typed. */
static void fish_condition(output *out, const cli_command *of)
{
    const char *word = second_word(of);

    if (word != NULL)
        output_print(out,
                     "complete -c execwire -n '__fish_seen_subcommand_from link; and "
                     "__fish_seen_subcommand_from %s'",
                     word);
    else
        output_print(out, "complete -c execwire -n '__fish_seen_subcommand_from %s'", of->name);
}

static void fish_option(output *out, const cli_command *of, const cli_option *o)
{
    fish_condition(out, of);
    output_print(out, " -l %s", o->name);
    if (o->letter != 0)
        output_print(out, " -s %c", o->letter);
    if (is_file(o))
        output_print(out, " -r -F");
    else if (o->argument != NULL)
        output_print(out, " -x");
    if (o->choices != NULL)
        output_print(out, " -a '%s'", o->choices);
    output_print(out, " -d '");
    fish_text(out, o->help);
    output_print(out, "'\n");
}

static void fish_word(output *out, const char *where, const char *word, const char *summary)
{
    output_print(out, "complete -c execwire -n '%s' -f -a %s -d '", where, word);
    fish_text(out, summary);
    output_print(out, "'\n");
}

/* Where none of the words that commands of links end in has been typed. */
static void fish_second(output *out, command_list commands, const cli_command *of)
{
    output_print(out, "complete -c execwire -n '__fish_seen_subcommand_from link; and not "
                      "__fish_seen_subcommand_from");
    tell_words(out, commands, true);
    output_print(out, "' -f -a %s -d '", second_word(of));
    fish_text(out, of->summary);
    output_print(out, "'\n");
}

static void write_fish(output *out, command_list commands)
{
    static const char first[] = "__fish_use_subcommand";

    output_print(out, "# fish completion for execwire\n\n");
    for (command_list of = commands; *of != NULL; of++) {
        if (second_word(*of) != NULL)
            fish_second(out, commands, *of);
        else
            fish_word(out, first, (*of)->name, (*of)->summary);
    }
    for (size_t i = 0; i < OTHERS; i++)
        fish_word(out, first, others[i].word, others[i].summary);
    output_print(out,
                 "complete -c execwire -n '__fish_seen_subcommand_from completion' -f -a '%s'\n",
                 COMPLETION_SHELLS);
    for (command_list of = commands; *of != NULL; of++)
        each_option(out, *of, fish_option);
}

const completion *completion_for(const char *shell)
{
    static const completion all[] = {
        {"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].shell, shell) == 0)
            return &all[i];
    return NULL;
}
