package org.holdfast.adapter.s3;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A bucket's settings as the store writes them. They are not read into the client's classes: what
 * those do not know would be lost when a document is written back, and a list of objects, which
 * some stores answer to a question they do not know, would be read as settings that are not set.
 */
final class Xml {
    /** Of the S3 API, version 2006-03-01. */
    static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

    private Xml() {}

    /**
     * @throws IOException it is none, or one with a DOCTYPE
     */
    static Element parse(String text) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setNamespaceAware(true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
        } catch (SAXException e) {
            throw new IOException("no XML: " + e.getMessage(), e);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    static String text(Document document) {
        try {
            TransformerFactory factory = TransformerFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            Transformer transformer = factory.newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter out = new StringWriter();
            transformer.transform(new DOMSource(document), new StreamResult(out));
            return out.toString();
        } catch (TransformerException e) {
            throw new IllegalStateException(e);
        }
    }

    static String name(Element element) {
        return element.getLocalName();
    }

    static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node at = parent.getFirstChild(); at != null; at = at.getNextSibling()) {
            if (at instanceof Element element && name(element).equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    /** The element below each of these names in turn; empty where one is missing. */
    static Optional<Element> at(Element from, String... path) {
        Optional<Element> at = Optional.of(from);
        for (String name : path) {
            at = at.flatMap(parent -> children(parent, name).stream().findFirst());
        }
        return at;
    }

    /** The text there, stripped; empty where it is missing or blank. */
    static Optional<String> textAt(Element from, String... path) {
        return at(from, path).map(e -> e.getTextContent().strip()).filter(t -> !t.isEmpty());
    }
}
