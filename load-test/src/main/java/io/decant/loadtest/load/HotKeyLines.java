package io.decant.loadtest.load;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Lines of which one comes again and again, evenly among others that are all different. */
public final class HotKeyLines {

    private static final int BUFFER_BYTES = 1 << 20;
    private static final int LINE_BYTES = 101;

    private HotKeyLines() {}

    /**
     * Sends them to a TCP source, and waits until it has closed the connection.
     *
     * @param records how many, at least {@code copies}
     * @param copies of the one line
     */
    public static void send(InetSocketAddress source, int records, int copies) throws IOException {
        try (Socket socket = new Socket(source.getAddress(), source.getPort())) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
            int hot = 0;
            for (int record = 0; record < records; record++) {
                boolean isHot = (long) (record + 1) * copies / records > hot;
                hot += isHot ? 1 : 0;
                String begin = isHot ? "hot" : "k" + record;
                out.write((begin + ".".repeat(LINE_BYTES - 1 - begin.length()) + "\n")
                        .getBytes(StandardCharsets.US_ASCII));
            }
            out.flush();
            socket.shutdownOutput();
            while (socket.getInputStream().read() >= 0) {
                // What it acknowledges.
            }
        }
    }
}
