package io.decant.ingest.sink.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A key and a certificate, signed by itself unless said otherwise, made by the JDK's keytool.
 *
 * @param store both, PKCS #12
 * @param certificate in PEM
 * @param key in PEM
 */
public record TestCertificate(Path store, Path certificate, Path key) {

    public static final String PASSWORD = "changeit";
    private static final String ALIAS = "it";

    /** @param names the certificate's subject alternative names, as keytool writes them */
    public static TestCertificate receiver(Path folder, String names) throws Exception {
        return create(folder, "receiver", "-ext", "san=" + names);
    }

    public static TestCertificate authority(Path folder) throws Exception {
        return authority(folder, "authority");
    }

    public static TestCertificate authority(Path folder, String name) throws Exception {
        return create(folder, name, "-ext", "bc:c");
    }

    /** One that an authority signed, for names as keytool writes them. */
    public static TestCertificate signed(Path folder, String name, String names, TestCertificate authority)
            throws Exception {
        return signed(folder, name, authority, "-ext", "san=" + names);
    }

    /** One that an authority signed, and whose only day was the day before yesterday. */
    public static TestCertificate expired(Path folder, String names, TestCertificate authority) throws Exception {
        return signed(folder, "expired", authority, "-ext", "san=" + names, "-startdate", "-3d", "-validity", "1");
    }

    private static TestCertificate signed(Path folder, String name, TestCertificate authority, String... options)
            throws Exception {
        TestCertificate made = create(folder, name);
        String request = folder.resolve(name + ".csr").toString();
        String file = made.certificate.toString();
        made.keytool(List.of("-certreq", "-file", request));
        List<String> sign = new ArrayList<>(List.of("-gencert", "-rfc", "-infile", request, "-outfile", file));
        sign.addAll(List.of(options));
        authority.keytool(sign);
        made.keytool(List.of("-importcert", "-noprompt", "-file", authority.certificate.toString()), "authority");
        made.keytool(List.of("-importcert", "-noprompt", "-file", file));
        return made;
    }

    public static TestCertificate client(Path folder, String name) throws Exception {
        return create(folder, name);
    }

    private static TestCertificate create(Path folder, String name, String... options) throws Exception {
        TestCertificate made = new TestCertificate(
                folder.resolve(name + ".p12"), folder.resolve(name + ".pem"), folder.resolve(name + ".key.pem"));
        List<String> generate = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name));
        generate.addAll(List.of(options));
        made.keytool(generate);
        made.keytool(List.of("-exportcert", "-rfc", "-file", made.certificate.toString()));
        byte[] key = made.keys().getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
        Files.writeString(
                made.key,
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
        return made;
    }

    private void keytool(List<String> arguments) throws Exception {
        keytool(arguments, ALIAS);
    }

    private void keytool(List<String> arguments, String alias) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-alias", alias, "-storetype", "PKCS12", "-keystore", store.toString()));
        command.addAll(List.of("-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool failed: " + command);
        }
    }

    private KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    /** Of a client that shows this certificate, whomever the server asks for, and trusts the other. */
    public SSLContext trusting(TestCertificate server) throws Exception {
        X509Certificate[] chain = {(X509Certificate) keys().getCertificate(ALIAS)};
        PrivateKey own = (PrivateKey) keys().getKey(ALIAS, PASSWORD.toCharArray());
        KeyManager shown = new X509ExtendedKeyManager() {
            @Override
            public String[] getClientAliases(String keyType, Principal[] issuers) {
                return new String[] {ALIAS};
            }

            @Override
            public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
                return ALIAS;
            }

            @Override
            public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
                return ALIAS;
            }

            @Override
            public String[] getServerAliases(String keyType, Principal[] issuers) {
                throw new UnsupportedOperationException();
            }

            @Override
            public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
                throw new UnsupportedOperationException();
            }

            @Override
            public X509Certificate[] getCertificateChain(String alias) {
                return chain.clone();
            }

            @Override
            public PrivateKey getPrivateKey(String alias) {
                return own;
            }
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {shown}, trust(server).getTrustManagers(), null);
        return context;
    }

    /** Of a client without a certificate that trusts this one. */
    public SSLContext trusted() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust(this).getTrustManagers(), null);
        return context;
    }

    private static TrustManagerFactory trust(TestCertificate other) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, other.keys().getCertificate(ALIAS));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust;
    }

    public ServerSocketFactory serverSockets() throws Exception {
        return context(null).getServerSocketFactory();
    }

    /** Sockets that talk to this client only. */
    ServerSocketFactory serverSockets(TestCertificate client) throws Exception {
        ServerSocketFactory sockets = context(client).getServerSocketFactory();
        return new ServerSocketFactory() {
            @Override
            public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
                SSLServerSocket socket = (SSLServerSocket) sockets.createServerSocket(port, backlog, address);
                socket.setNeedClientAuth(true);
                return socket;
            }

            @Override
            public ServerSocket createServerSocket(int port) {
                throw new UnsupportedOperationException();
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog) {
                throw new UnsupportedOperationException();
            }
        };
    }

    private SSLContext context(TestCertificate client) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys(), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        if (client == null) {
            context.init(own.getKeyManagers(), null, null);
            return context;
        }
        context.init(own.getKeyManagers(), trust(client).getTrustManagers(), null);
        return context;
    }
}
