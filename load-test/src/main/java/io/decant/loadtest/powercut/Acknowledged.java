package io.decant.loadtest.powercut;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the server acknowledged, written down as soon as it did: for the harness, which wants the ranges of this cut,
 * and for our own next life, which has to know how far each session was. Each line is one write, so a kill leaves no
 * half line before another.
 *
 * <p>Thread-safe.
 */
final class Acknowledged implements AutoCloseable {

    private final long[] counts = new long[Workload.SESSIONS];
    private final FileChannel ofThisCut;
    private final FileChannel ofAllCuts;
    private final FileChannel violations;

    /**
     * @param acks the harness's file
     * @param state our own directory, which outlives the client
     */
    Acknowledged(Path acks, Path state) throws IOException {
        Path all = state.resolve("acknowledged");
        if (Files.exists(all)) {
            String text = Files.readString(all);
            // The last line may have been under way.
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
                int space = line.indexOf(' ');
                counts[Integer.parseInt(line.substring(0, space))] = Long.parseLong(line.substring(space + 1));
            });
        }
        ofThisCut = append(acks);
        ofAllCuts = append(all);
        violations = append(state.resolve("violations"));
    }

    private static FileChannel append(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    synchronized long count(int session) {
        return counts[session];
    }

    /** The server says that so many records of the session are durable. */
    synchronized void durable(int session, long count) throws IOException {
        long before = counts[session];
        if (count < before) {
            write(violations, "session " + session + ": " + before + " were acknowledged, now only " + count);
        } else if (count > before) {
            write(ofThisCut, Workload.number(session, before) + "-" + Workload.number(session, count - 1));
            write(ofAllCuts, session + " " + count);
        }
        counts[session] = count;
    }

    private static void write(FileChannel file, String line) throws IOException {
        file.write(ByteBuffer.wrap((line + "\n").getBytes(US_ASCII)));
    }

    @Override
    public synchronized void close() throws IOException {
        ofThisCut.close();
        ofAllCuts.close();
        violations.close();
    }
}
