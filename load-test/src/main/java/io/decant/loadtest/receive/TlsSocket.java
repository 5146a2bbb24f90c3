package io.decant.loadtest.receive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

/** A socket that does not block, with TLS upon it, at the server's end. Owned by the receiver's thread. */
final class TlsSocket {

    private static final int READ_BYTES = 256 << 10;
    /** A handshake and some answers. */
    private static final int WRITE_BYTES = 128 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(WRITE_BYTES);

    TlsSocket(SocketChannel socket, SSLContext context) throws IOException {
        this.socket = socket;
        this.engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.beginHandshake();
    }

    /**
     * Reads what has come, and does what the handshake wants.
     *
     * @param plain has room for more than is read at once
     * @return whether more can come
     */
    boolean read(ByteBuffer plain) throws IOException {
        boolean open = socket.read(in) >= 0;
        in.flip();
        try {
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> engine.getDelegatedTask().run();
                    case NEED_WRAP -> wrap(NOTHING);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
                        SSLEngineResult result = engine.unwrap(in, plain);
                        switch (result.getStatus()) {
                            case OK -> {
                                // The next record.
                            }
                            case BUFFER_UNDERFLOW -> {
                                return open;
                            }
                            case CLOSED -> {
                                return false;
                            }
                            case BUFFER_OVERFLOW -> throw new IOException("more plain text than was read");
                        }
                    }
                }
            }
        } finally {
            in.compact();
            flush();
        }
    }

    /**
     * Writes what the socket takes.
     *
     * @param plain all of it is taken
     * @return whether nothing is left
     */
    boolean write(ByteBuffer plain) throws IOException {
        while (plain.hasRemaining()) {
            wrap(plain);
        }
        return flush();
    }

    /** Writes what the socket did not take before; whether nothing is left. */
    boolean flush() throws IOException {
        out.flip();
        socket.write(out);
        out.compact();
        return out.position() == 0;
    }

    private void wrap(ByteBuffer plain) throws IOException {
        SSLEngineResult.Status status = engine.wrap(plain, out).getStatus();
        if (status != SSLEngineResult.Status.OK) {
            throw new IOException("the peer does not read its answers: " + status);
        }
    }
}
