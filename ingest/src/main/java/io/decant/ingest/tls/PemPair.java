package io.decant.ingest.tls;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * A certificate in PEM and the key that belongs to it: while one of two files is renewed, they do not.
 *
 * @param options what connections are made with
 * @param keys both, under one alias
 */
record PemPair(PemKeyCertOptions options, X509KeyManager keys, String alias) {

    private static final List<String> TYPES = List.of("EC", "RSA");

    /**
     * What was read from two files.
     *
     * @throws TlsException where they are no pair of a kind that can be used
     */
    static PemPair of(Buffer certificate, Path certificateFile, Buffer key, Path keyFile) throws TlsException {
        PemKeyCertOptions options =
                new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
        try {
            // Only names of files would need a Vertx.
            KeyManagerFactory factory = options.getKeyManagerFactory(null);
            X509KeyManager keys = Arrays.stream(factory.getKeyManagers())
                    .filter(X509KeyManager.class::isInstance)
                    .map(X509KeyManager.class::cast)
                    .findFirst()
                    .orElseThrow();
            for (String type : TYPES) {
                String[] aliases = keys.getServerAliases(type, null);
                if (aliases != null && aliases.length > 0) {
                    if (!KeyPairs.fit(
                            keys.getPrivateKey(aliases[0]), keys.getCertificateChain(aliases[0])[0].getPublicKey())) {
                        throw new TlsException(keyFile + " is not the key of " + certificateFile, null);
                    }
                    return new PemPair(options, keys, aliases[0]);
                }
            }
        } catch (TlsException e) {
            throw e;
        } catch (Exception e) {
            // The factory declares as much.
            throw new TlsException(certificateFile + " and " + keyFile + " cannot be used: " + e.getMessage(), e);
        }
        throw new TlsException(keyFile + " is neither an RSA nor an EC key", null);
    }

    /** As it is shown to others whomever they say that they trust. */
    KeyManager[] shownToAll() {
        return new KeyManager[] {new OwnKey(keys, alias)};
    }
}
