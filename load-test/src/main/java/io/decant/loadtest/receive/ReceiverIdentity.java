package io.decant.loadtest.receive;

import io.decant.loadtest.load.LoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A key and a certificate for 127.0.0.1, signed by itself, made by the JDK's keytool.
 *
 * @param context with the key
 * @param certificate a PEM file of the certificate, for those who are to trust it
 */
public record ReceiverIdentity(SSLContext context, Path certificate) {

    private static final String PASSWORD = "load-test";
    private static final String ALIAS = "receiver";
    private static final long SECONDS_MAX = 60;

    /**
     * Makes one.
     *
     * @param folder for its files; created if it does not exist, without those of an earlier one
     * @throws LoadException when keytool fails
     */
    public static ReceiverIdentity in(Path folder) {
        try {
            Files.createDirectories(folder);
            Path store = folder.resolve("receiver.p12");
            Path certificate = folder.resolve("receiver.pem");
            keytool(store, "-genkeypair", "-keyalg", "EC", "-dname", "CN=receiver", "-ext", "san=ip:127.0.0.1");
            keytool(store, "-exportcert", "-rfc", "-file", certificate.toString());
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return new ReceiverIdentity(context, certificate);
        } catch (IOException | GeneralSecurityException e) {
            throw new LoadException("no certificate for the receiver: " + e, e);
        }
    }

    private static void keytool(Path store, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-alias", ALIAS, "-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        Path log = store.resolveSibling("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new LoadException("keytool failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted while keytool ran", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
