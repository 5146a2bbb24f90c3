package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLSession;

/**
 * No TLS at all: every byte passes as it is. It is how Kafka's client lets us see the bytes of a plaintext connection
 * before it acts on them. Belongs to the client's thread.
 */
final class PlainEngine extends SSLEngine {

    /** As many as Kafka's client lets a socket's buffer hold. */
    static final int CHUNK_BYTES = 64 << 10;

    private final SSLSession session;
    private HandshakeStatus handshake = HandshakeStatus.NOT_HANDSHAKING;
    private boolean inboundDone;
    private boolean outboundDone;
    private boolean clientMode = true;

    PlainEngine(String host, int port) {
        super(host, port);
        this.session = new PlainSession(host, port);
    }

    @Override
    public void beginHandshake() {
        handshake = HandshakeStatus.NEED_WRAP;
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target) {
        if (outboundDone) {
            return new SSLEngineResult(Status.CLOSED, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
        }
        if (handshake == HandshakeStatus.NEED_WRAP) {
            // Nothing is to be said; a client makes its buffer ready for reading as it unwraps.
            handshake = HandshakeStatus.NEED_UNWRAP;
            return new SSLEngineResult(Status.OK, handshake, 0, 0);
        }
        int copied = 0;
        for (int i = offset; i < offset + length; i++) {
            copied += copy(sources[i], target);
        }
        return new SSLEngineResult(Status.OK, HandshakeStatus.NOT_HANDSHAKING, copied, copied);
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length) {
        if (inboundDone) {
            return new SSLEngineResult(Status.CLOSED, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
        }
        if (handshake == HandshakeStatus.NEED_UNWRAP) {
            handshake = HandshakeStatus.NOT_HANDSHAKING;
            return new SSLEngineResult(Status.OK, HandshakeStatus.FINISHED, 0, 0);
        }
        int copied = 0;
        for (int i = offset; i < offset + length; i++) {
            copied += copy(source, targets[i]);
        }
        Status status = copied == 0 && source.hasRemaining() ? Status.BUFFER_OVERFLOW : Status.OK;
        return new SSLEngineResult(status, HandshakeStatus.NOT_HANDSHAKING, copied, copied);
    }

    private static int copy(ByteBuffer source, ByteBuffer target) {
        int count = Math.min(source.remaining(), target.remaining());
        target.put(target.position(), source, source.position(), count);
        target.position(target.position() + count);
        source.position(source.position() + count);
        return count;
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        return handshake;
    }

    @Override
    public SSLSession getSession() {
        return session;
    }

    @Override
    public Runnable getDelegatedTask() {
        return null;
    }

    @Override
    public void closeInbound() {
        inboundDone = true;
    }

    @Override
    public boolean isInboundDone() {
        return inboundDone;
    }

    @Override
    public void closeOutbound() {
        outboundDone = true;
    }

    @Override
    public boolean isOutboundDone() {
        return outboundDone;
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return new String[0];
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return new String[0];
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        throw new UnsupportedOperationException("there is no TLS");
    }

    @Override
    public String[] getSupportedProtocols() {
        return new String[0];
    }

    @Override
    public String[] getEnabledProtocols() {
        return new String[0];
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        throw new UnsupportedOperationException("there is no TLS");
    }

    @Override
    public void setUseClientMode(boolean mode) {
        clientMode = mode;
    }

    @Override
    public boolean getUseClientMode() {
        return clientMode;
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        throw new UnsupportedOperationException("there is no TLS");
    }

    @Override
    public boolean getNeedClientAuth() {
        return false;
    }

    @Override
    public void setWantClientAuth(boolean want) {
        throw new UnsupportedOperationException("there is no TLS");
    }

    @Override
    public boolean getWantClientAuth() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        throw new UnsupportedOperationException("there is no TLS");
    }

    @Override
    public boolean getEnableSessionCreation() {
        return true;
    }
}
