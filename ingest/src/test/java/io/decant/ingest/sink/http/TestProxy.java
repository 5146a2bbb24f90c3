package io.decant.ingest.sink.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy on loopback that makes tunnels by CONNECT, for those that know user and password. */
final class TestProxy implements AutoCloseable {

    private final ServerSocket server;
    private final String expected;
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** What it says in place of making a tunnel; empty: it makes one. */
    private volatile String answer = "";

    private volatile boolean silent;

    /** @param credentials {@code user:password}; empty: it asks for none */
    TestProxy(String credentials) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.expected = credentials.isEmpty()
                ? ""
                : "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        start("proxy", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** What was asked for in {@code CONNECT}. */
    List<String> targets() {
        return targets;
    }

    TestProxy answering(String statusLine) {
        answer = statusLine;
        return this;
    }

    TestProxy silent() {
        silent = true;
        return this;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                start("proxy-connection", () -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            String head = head(in);
            String[] words = head.split("[ \r\n]", -1);
            targets.add(words[0] + " " + words[1]);
            if (silent) {
                in.transferTo(OutputStream.nullOutputStream());
            } else if (!expected.isEmpty()
                    && !head.contains("\r\nProxy-Authorization: " + expected + "\r\n")
                    && !head.contains("\r\nproxy-authorization: " + expected + "\r\n")) {
                write(socket, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 6\r\n\r\nwho?\r\n");
            } else if (!answer.isEmpty()) {
                write(socket, answer + "\r\nContent-Length: 0\r\n\r\n");
            } else {
                tunnel(socket, words[1]);
            }
        } catch (IOException e) {
            // One of both ends went away.
            return;
        }
    }

    private void tunnel(Socket socket, String target) throws IOException {
        int colon = target.lastIndexOf(':');
        try (Socket there = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
            sockets.add(there);
            write(socket, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
            Thread back = start("proxy-back", () -> copy(there, socket));
            copy(socket, there);
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("the client is gone");
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
