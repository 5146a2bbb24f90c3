package io.decant.offload.client;

import io.decant.offload.json.JsonFormatException;
import io.decant.offload.protocol.AnswerFormat;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.RequestFormat;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the driver: its lines in and out. Two threads read what it says, one its answers and one its log; both end
 * with it.
 *
 * <p>Thread-safe.
 */
final class DriverProcess {

    /** Far more than any answer has. */
    private static final int LINE_BYTES_MAX = 1 << 20;
    /** Of what it says last, as much as helps a person. */
    private static final int SHOWN_CHARS_MAX = 300;

    private static final Logger log = LoggerFactory.getLogger("io.decant.offload.driver");

    /** What is no reason: frames of a stack trace, and what stands between them. */
    private static final Pattern FRAME = Pattern.compile("\\s+(at |\\.\\.\\. [0-9]+ (more|common)).*|Caused by: .*");

    private final DriverCommand command;
    private final Process process;
    private final Listener listener;
    private final Consumer<String> lines;
    private volatile String lastLog = "";
    private volatile String endedFor = "";

    /** Told what a driver says, on a thread of its own; at last, and once, that it has gone. */
    interface Listener {
        void answered(DriverProcess from, DriverAnswer answer);

        /** @param why for a person, in one line */
        void gone(DriverProcess from, String why);
    }

    private DriverProcess(DriverCommand command, Process process, Listener listener, Consumer<String> lines) {
        this.command = command;
        this.process = process;
        this.listener = listener;
        this.lines = lines;
    }

    /** @param lines gets each line of its log, on a thread of its own */
    static DriverProcess start(DriverCommand command, Listener listener, Consumer<String> lines) throws IOException {
        DriverProcess driver = new DriverProcess(command, command.start(), listener, lines);
        Thread logs = daemon("decant-driver-log", driver::readLog);
        logs.start();
        daemon("decant-driver-answers", () -> driver.readAnswers(logs)).start();
        return driver;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    long pid() {
        return process.pid();
    }

    /** @throws IOException if it does not listen any more; {@link Listener#gone} follows, or was told already */
    synchronized void send(DriverRequest request) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((RequestFormat.line(request) + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** Ends it at once. */
    void kill(String why) {
        if (endedFor.isEmpty()) {
            endedFor = why;
        }
        process.destroyForcibly();
    }

    /**
     * Asks it to end, and ends it where it does not; returns when it has ended.
     *
     * @param within how long it may take
     */
    void stop(Duration within) {
        endedFor = "the server stops";
        try {
            send(new DriverRequest.Stop());
            process.getOutputStream().close();
        } catch (IOException e) {
            log.debug("cannot write to the driver", e);
        }
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("the driver did not exit in time and is killed");
                process.destroyForcibly().waitFor();
            }
            command.removeScratch();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void readAnswers(Thread logs) {
        try (InputStream answers = new BufferedInputStream(process.getInputStream())) {
            for (String line = readLine(answers); line != null; line = readLine(answers)) {
                listener.answered(this, AnswerFormat.parse(line));
            }
        } catch (JsonFormatException e) {
            kill("invalid message from the Spark driver: " + e.getMessage());
        } catch (IOException e) {
            kill("cannot read from the driver: " + e.getMessage());
        }
        end(logs);
    }

    /** Its output has ended; so must it. */
    private void end(Thread logs) {
        try {
            if (!process.waitFor(DriverDeadlines.DEFAULT.stopWithin().toMillis(), TimeUnit.MILLISECONDS)) {
                kill("the driver closed its output");
            }
            int status = process.waitFor();
            logs.join();
            command.removeScratch();
            listener.gone(
                    this, endedFor.isEmpty() ? "the driver exited with status " + status + lastWords() : endedFor);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            listener.gone(this, "interrupted");
        }
    }

    private String lastWords() {
        return lastLog.isEmpty() ? "" : "; its last log line: " + lastLog;
    }

    private void readLog() {
        try (InputStream err = new BufferedInputStream(process.getErrorStream())) {
            for (String line = readLine(err); line != null; line = readLine(err)) {
                if (!line.isBlank()) {
                    log.debug("{}", line);
                    lines.accept(line);
                }
                // Of a stack trace, the line before it says what was thrown.
                if (!line.isBlank() && !FRAME.matcher(line).matches()) {
                    lastLog = line.length() > SHOWN_CHARS_MAX ? line.substring(0, SHOWN_CHARS_MAX) : line;
                }
            }
        } catch (IOException e) {
            log.debug("the driver's log ends", e);
        }
    }

    /**
     * The next line; null where there is none.
     *
     * @throws IOException also where it is too long to be one
     */
    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == LINE_BYTES_MAX) {
                throw new IOException("a line of more than " + LINE_BYTES_MAX + " bytes");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
