package io.decant.ingest.source.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients behind a proxy that speaks the PROXY protocol. */
class TcpProxyProtocolTest {

    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    private TcpFixture fixture;

    @AfterEach
    void close() {
        fixture.close();
    }

    private String send(byte[]... parts) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            for (byte[] part : parts) {
                out.write(part);
                out.flush();
            }
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static byte[] version2(String text) {
        byte[] rest = text.getBytes(US_ASCII);
        return ByteBuffer.allocate(28 + rest.length)
                .put(SIGNATURE)
                .put((byte) 0x21)
                .put((byte) 0x11)
                .putShort((short) 12)
                .put(new byte[] {(byte) 192, 0, 2, 7})
                .put(new byte[] {127, 0, 0, 1})
                .putShort((short) 4711)
                .putShort((short) 9999)
                .put(rest)
                .array();
    }

    @ParameterizedTest
    @EnumSource(TcpFixture.Kind.class)
    void shouldNameTheClientOfAProxy(TcpFixture.Kind kind) throws Exception {
        fixture = new TcpFixture(kind).proxyProtocol().start();

        assertThat(send("PROXY TCP4 192.0.2.7 127.0.0.1 4711 9999\r\na\nb\n".getBytes(US_ASCII)))
                .endsWith("OK 2\n");
        assertThat(send("PROXY TCP6 2001:db8::1 ::1 4711".getBytes(US_ASCII), " 9999\r\nc\n".getBytes(US_ASCII)))
                .endsWith("OK 1\n");
        assertThat(send(version2("d\ne\nf\n"))).endsWith("OK 3\n");
        assertThat(send("PROXY UNKNOWN\r\ng\n".getBytes(US_ASCII))).endsWith("OK 1\n");

        assertThat(fixture.intake.texts().keySet())
                .anyMatch(name -> name.startsWith("192.0.2.7:4711#1"))
                .anyMatch(name -> name.startsWith("[2001:db8:0:0:0:0:0:1]:4711#2"))
                .anyMatch(name -> name.startsWith("192.0.2.7:4711#3"))
                .anyMatch(name -> name.startsWith("127.0.0.1:"));
        assertThat(fixture.intake.records()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(TcpFixture.Kind.class)
    void shouldCloseWhatIsNoProxy(TcpFixture.Kind kind) throws Exception {
        fixture = new TcpFixture(kind).proxyProtocol().start();

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("not a proxy, but a line of records\n".getBytes(US_ASCII));
            int end;
            try {
                end = socket.getInputStream().read();
            } catch (SocketException e) {
                end = -1;
            }
            assertThat(end).isEqualTo(-1);
        }

        assertThat(fixture.intake.records()).isZero();
        assertThat(fixture.source().status().refusals()).isEqualTo(1);
    }
}
