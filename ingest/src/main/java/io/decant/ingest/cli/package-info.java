/**
 * The command line: one class for each command, and what they share.
 *
 * <p>{@link io.decant.ingest.cli.Main} reads the arguments, starts {@link io.decant.ingest.cli.Logging}, runs the one
 * command that was named and turns its end into an {@link io.decant.ingest.cli.ExitStatus}. A command says what went
 * wrong by a {@link io.decant.ingest.cli.CliException}; nothing but {@code Main.main} ends the process. A new command
 * is a class that implements {@code Callable<Integer>} and one line in {@link io.decant.ingest.cli.Main}.
 */
package io.decant.ingest.cli;
