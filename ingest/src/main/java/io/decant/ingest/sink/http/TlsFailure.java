package io.decant.ingest.sink.http;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Says why a handshake failed, and which setting could fix it: the JDK's words are about its
 * own insides.
 */
final class TlsFailure {

    private static final int CAUSES_MAX = 8;
    private static final String ALERT = "Received fatal alert: ";

    private TlsFailure() {}

    /** In one line; empty where the exception's own message has to do. */
    static Optional<String> describe(Throwable thrown) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && causes.size() < CAUSES_MAX; cause = cause.getCause()) {
            causes.add(cause);
        }
        // The deepest cause knows best.
        for (int i = causes.size() - 1; i >= 0; i--) {
            Optional<String> described = describeOne(causes.get(i));
            if (described.isPresent()) {
                return described;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> describeOne(Throwable cause) {
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        if (cause instanceof CertificateExpiredException) {
            return Optional.of("the receiver's certificate has expired (" + message + ")");
        }
        if (cause instanceof CertificateNotYetValidException) {
            return Optional.of("the receiver's certificate is not valid yet (" + message + "); is the clock right?");
        }
        if (cause instanceof CertPathBuilderException) {
            return Optional.of("the receiver's certificate is not signed by a trusted CA; if it is the right one,"
                    + " name its CA in tls.ca-file");
        }
        if (cause instanceof CertificateException && message.startsWith("No ")) {
            return Optional.of("the receiver's certificate is for another host (" + message
                    + "); if it is the right one, set tls.server-name");
        }
        if (cause instanceof NotSslRecordException) {
            return Optional.of("the receiver does not use TLS; is its url http?");
        }
        if (cause instanceof SSLException && message.contains(ALERT)) {
            String alert = message.substring(message.indexOf(ALERT) + ALERT.length());
            return Optional.of("the receiver ended the handshake: " + alert
                    + "; it may ask for tls.certificate and tls.key, or not accept those that are set");
        }
        return Optional.empty();
    }
}
