package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Scripts of shells; where a shell is installed, it runs its own. */
class CompletionCommandTest {
    private static final long PATIENCE_SECONDS = 60;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path temp;

    @ParameterizedTest
    @EnumSource
    void shouldKnowEveryCommandAndOption(CompletionCommand.Shell shell) {
        assertThat(run("completion", shell.name())).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).endsWith("\n");
        CommandLine decant = CommandModel.complete();
        assertThat(decant.getSubcommands()).containsKeys("run", "demo", "bucket", "completion");
        String script = out.toString();
        all(decant).forEach(command -> {
            assertThat(script).contains(command.getCommandName());
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertThat(script).contains(option.longestName().replaceFirst("^--", ""));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldPrintWhatTheShellCanRead(CompletionCommand.Shell shell) throws Exception {
        run("completion", shell.name());
        assertThat(shell(shell, "-n")).isEmpty();
    }

    @Test
    void shouldCompleteInBash() throws Exception {
        run("completion", "bash");
        String words = shell(CompletionCommand.Shell.bash, """
                compopt() { :; }
                try() {
                    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
                    $(complete -p decant | sed 's/.*-F \\([^ ]*\\).*/\\1/')
                    echo "${COMPREPLY[*]}"
                }
                try decant r
                try decant run --on-hangup ''
                try decant dlq ''
                try decant demo --sec
                """);
        assertThat(words).isEqualTo("run\ndrain reload\nlist replay\n--seconds\n");
    }

    @Test
    void shouldCompleteInFish() throws Exception {
        run("completion", "fish");
        String words = shell(CompletionCommand.Shell.fish, """
                for line in 'decant r' 'decant run --on-hangup ' 'decant dlq ' 'decant demo --sec'
                    complete -C $line | cut -f 1
                end
                """);
        assertThat(words).isEqualTo("run\ndrain\nreload\nlist\nreplay\n--seconds\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"completion ksh", "completion", "completion bash zsh"})
    void shouldRefuseAShellThatItDoesNotKnow(String words) {
        assertThat(run(words.split(" ", -1))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("decant: ");
        assertThat(out.toString()).isEmpty();
    }

    /** Exit status 0 and what it prints, of the script and of lines behind it. */
    private String shell(CompletionCommand.Shell shell, String more) throws IOException, InterruptedException {
        Path program = Path.of("/usr/bin", shell.name());
        assumeTrue(Files.isExecutable(program), shell + " is not installed");
        boolean checks = more.equals("-n");
        Path script = Files.writeString(temp.resolve("script"), out + (checks ? "" : more));
        Path printed = temp.resolve("printed");
        List<String> words = new ArrayList<>(List.of(program.toString()));
        if (checks) {
            words.add(more);
        }
        words.add(script.toString());
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(printed.toFile());
        builder.environment().put("HOME", temp.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(printed);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    private static Stream<CommandLine> all(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(CompletionCommandTest::all));
    }

    private int run(String... arguments) {
        return Main.execute(arguments, new PrintWriter(out), new PrintWriter(err), Map.of());
    }
}
