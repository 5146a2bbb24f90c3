package io.decant.ingest.tls;

import io.decant.config.ClientAuth;
import io.decant.config.ServerTlsSettings;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * How a command on the server's own machine connects to it: it trusts exactly the certificate of the server's settings,
 * whatever its names and its days. Stateless; reads files.
 */
public final class PinnedServer {

    private PinnedServer() {}

    /**
     * For connections to the server with this section. Where that lets only clients with a certificate in, the server's
     * own is shown, whose key this user must be able to read.
     *
     * @param settings with absolute paths
     * @throws TlsException where its files cannot be used
     */
    public static SSLContext context(ServerTlsSettings settings) throws TlsException {
        Buffer certificate = read(settings.certificate());
        try {
            TrustManager trust = new PinnedTrust(settings, ServerTls.first(certificate, settings.certificate()));
            KeyManager[] shown = settings.clientAuth() == ClientAuth.NEED
                    ? PemPair.of(certificate, settings.certificate(), read(settings.key()), settings.key())
                            .shownToAll()
                    : null;
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new TlsException(settings.certificate() + " cannot be used: " + e.getMessage(), e);
        }
    }

    static Buffer read(Path file) throws TlsException {
        try {
            return Buffer.buffer(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new TlsException(file + " does not exist", e);
        } catch (IOException e) {
            throw new TlsException(file + " cannot be read: " + e, e);
        }
    }
}
