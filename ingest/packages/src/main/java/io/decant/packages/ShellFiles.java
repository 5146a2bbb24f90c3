package io.decant.packages;

import io.decant.ingest.cli.CommandModel;
import io.decant.ingest.cli.CompletionCommand;
import io.decant.ingest.cli.CompletionCommand.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes manual pages and completions. A program of its own, since the class path of all commands together is that of
 * no command.
 */
final class ShellFiles {
    private ShellFiles() {}

    /** Folder, version, date. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        for (Shell shell : Shell.values()) {
            Files.writeString(
                    folder.resolve("decant." + shell), CompletionCommand.script(shell, CommandModel.complete()));
        }
        Map<String, String> pages = new ManPages(CommandModel.complete(), args[1], args[2]).all();
        for (Map.Entry<String, String> page : pages.entrySet()) {
            Files.writeString(folder.resolve(page.getKey()), page.getValue());
        }
    }
}
