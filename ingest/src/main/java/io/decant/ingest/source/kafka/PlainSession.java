package io.decant.ingest.source.kafka;

import java.security.Principal;
import java.security.cert.Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;

/** What a connection without TLS says of itself: whom it is to, and how large its buffers are. Immutable. */
final class PlainSession implements SSLSession {

    private static final String NONE = "NONE";

    private final String host;
    private final int port;
    private final long createdMillis = System.currentTimeMillis();

    PlainSession(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public byte[] getId() {
        return new byte[0];
    }

    @Override
    public SSLSessionContext getSessionContext() {
        return null;
    }

    @Override
    public long getCreationTime() {
        return createdMillis;
    }

    @Override
    public long getLastAccessedTime() {
        return createdMillis;
    }

    @Override
    public void invalidate() {
        // There is nothing to be resumed.
    }

    @Override
    public boolean isValid() {
        return true;
    }

    @Override
    public void putValue(String name, Object value) {
        throw new UnsupportedOperationException("nothing is kept here");
    }

    @Override
    public Object getValue(String name) {
        return null;
    }

    @Override
    public void removeValue(String name) {
        // Nothing is kept here.
    }

    @Override
    public String[] getValueNames() {
        return new String[0];
    }

    @Override
    public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
        throw new SSLPeerUnverifiedException("there is no TLS");
    }

    @Override
    public Certificate[] getLocalCertificates() {
        return null;
    }

    @Override
    public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
        throw new SSLPeerUnverifiedException("there is no TLS");
    }

    @Override
    public Principal getLocalPrincipal() {
        return null;
    }

    @Override
    public String getCipherSuite() {
        return NONE;
    }

    @Override
    public String getProtocol() {
        return NONE;
    }

    @Override
    public String getPeerHost() {
        return host;
    }

    @Override
    public int getPeerPort() {
        return port;
    }

    @Override
    public int getPacketBufferSize() {
        return PlainEngine.CHUNK_BYTES;
    }

    @Override
    public int getApplicationBufferSize() {
        return PlainEngine.CHUNK_BYTES;
    }
}
