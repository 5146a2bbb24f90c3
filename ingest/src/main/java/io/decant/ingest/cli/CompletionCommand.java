package io.decant.ingest.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code decant completion}: scripts for shells, from the commands as picocli knows them. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes commands and options in a shell.",
            "bash: source <(decant completion bash); zsh: source <(decant completion zsh), behind compinit; fish:"
                    + " decant completion fish | source."
        })
public final class CompletionCommand implements Callable<Integer> {

    /** Named as the programs are. */
    public enum Shell {
        bash,
        zsh,
        fish
    }

    private final Console out;

    @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
    private Shell shell;

    CompletionCommand(Console out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        out.out().print(script(shell, CommandModel.complete()));
        return ExitStatus.DONE;
    }

    /** The script for one shell; it ends with a newline. */
    public static String script(Shell shell, CommandLine decant) {
        return switch (shell) {
            // It is sourced, never run: without the line that names an interpreter.
            case bash -> AutoComplete.bash(decant.getCommandName(), decant).replaceFirst("^#!.*\\R", "");
            case zsh -> new ZshCompletion(decant).script();
            case fish -> new FishCompletion(decant).script();
        };
    }
}
