package io.decant.ingest.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client of the TCP source. */
final class LineClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = (int) TimeUnit.SECONDS.toMillis(30);

    private final Socket socket;
    private final BufferedReader answers;

    /** @param address {@code host:port} */
    LineClient(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        socket.setSoTimeout(PATIENCE_MILLIS);
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Sends, ends the input, and returns all answers. */
    static List<String> sendAll(String address, String lines) throws IOException {
        try (LineClient client = new LineClient(address)) {
            client.send(lines);
            return client.end();
        }
    }

    void send(String lines) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(lines.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** The next answer; null at the end. */
    String answer() throws IOException {
        return answers.readLine();
    }

    List<String> end() throws IOException {
        socket.shutdownOutput();
        return answers.lines().toList();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
