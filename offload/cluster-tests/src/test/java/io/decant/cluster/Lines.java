package io.decant.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

/** Sends lines over one connection and waits until all are acknowledged. */
final class Lines {

    private static final int ANSWER_MILLIS_MAX = 60_000;

    private Lines() {}

    /** @throws AssertionError if the last answer counts another number of records */
    static void send(int port, List<String> records) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            for (String record : records) {
                out.write(record.getBytes(UTF_8));
                out.write('\n');
            }
            out.flush();
            socket.shutdownOutput();
            String answers = new String(socket.getInputStream().readAllBytes(), UTF_8);
            if (!answers.endsWith("OK " + records.size() + "\n")) {
                throw new AssertionError(records.size() + " records were answered by "
                        + answers.substring(Math.max(0, answers.length() - 200)));
            }
        }
    }
}
